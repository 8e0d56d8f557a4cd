#!/usr/bin/env bash
# Runs this sample from anywhere; options are passed on.
exec "$(dirname "${BASH_SOURCE[0]}")/../../bin/run_sample" rag-weaviate "$@"
