# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What releasekit uses of GitHub and GitLab, on the loopback: it checks what it is sent, and can fail."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit


class StandIn:
    """A repository `lights/house` with pull requests.

    Attributes:
        pulls: By number.
        releases: By tag.
        faults: Answers to give before any other: status, headers, and whether the work is done all the same.
        asked: Verb and path of every request.
    """

    def __init__(self) -> None:
        self.pulls: dict[int, dict[str, Any]] = {}
        self.releases: dict[str, dict[str, Any]] = {}
        self.faults: list[tuple[int, dict[str, str], bool]] = []
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(('127.0.0.1', 0), self._handler())
        self.url = f'http://127.0.0.1:{self._server.server_port}'

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def signs_in(self, headers: dict[str, str]) -> bool:
        assert headers['Accept'] == 'application/vnd.github+json'
        assert headers['X-GitHub-Api-Version']
        return headers['Authorization'] == 'Bearer hidden-token'

    def answer(self, verb: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        match verb, *path.strip('/').split('/'):
            case 'GET', 'repos', 'lights', 'house', 'pulls':
                assert query['state'] == ['open']
                owner, _, branch = query['head'][0].partition(':')
                assert owner == 'lights'
                return 200, [pull for pull in self.pulls.values() if pull['head'] == branch]
            case 'POST', 'repos', 'lights', 'house', 'pulls':
                assert body.keys() == {'title', 'body', 'base', 'head'}
                if any(pull['head'] == body['head'] for pull in self.pulls.values()):
                    message = f'A pull request already exists for lights:{body["head"]}.'
                    return 422, {'message': 'Validation Failed', 'errors': [{'message': message}]}
                number = len(self.pulls) + 1
                self.pulls[number] = {**body, 'number': number, 'html_url': f'{self.url}/{number}', 'labels': []}
                return 201, self.pulls[number]
            case 'PATCH', 'repos', 'lights', 'house', 'pulls', number:
                assert body.keys() <= {'title', 'body', 'base'}
                self.pulls[int(number)].update(body)
                return 200, self.pulls[int(number)]
            case 'POST', 'repos', 'lights', 'house', 'issues', number, 'labels':
                labels = self.pulls[int(number)]['labels']
                labels += [label for label in body['labels'] if label not in labels]
                return 200, [{'name': label} for label in labels]
            case _, 'repos', 'lights', 'house', 'releases', *rest:
                return self._release(verb, rest, body)
        return 404, {'message': 'Not Found'}

    def _release(self, verb: str, rest: list[str], body: Any) -> tuple[int, Any]:
        if verb == 'GET':
            found = self.releases.get(unquote(rest[-1]))
            return (404, {'message': 'Not Found'}) if found is None else (200, found)
        assert body.keys() == {'tag_name', 'name', 'body', 'prerelease'}
        if body['tag_name'] in self.releases:
            return 422, {'message': 'Validation Failed', 'errors': [{'code': 'already_exists'}]}
        self.releases[body['tag_name']] = body
        return 201, body

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get('content-length') or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                parts = urlsplit(self.path)
                stand_in.asked.append(f'{self.command} {parts.path}')
                is_known = stand_in.signs_in(dict(self.headers.items()))
                status, headers, is_done = stand_in.faults.pop(0) if stand_in.faults else (0, {}, True)
                told: Any = {'message': 'no'}
                if not is_known:
                    status = 401
                elif is_done:
                    real, told = stand_in.answer(self.command, parts.path, parse_qs(parts.query), body)
                    status = status or real
                said = json.dumps(told).encode()
                self.send_response(status)
                for name, value in {**headers, 'content-length': str(len(said))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = do_PATCH = do_PUT = _serve  # noqa: N815 - the names that the server looks for

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


class GitLabStandIn(StandIn):
    """A project `lights/tall/house` with merge requests."""

    def signs_in(self, headers: dict[str, str]) -> bool:
        return headers['PRIVATE-TOKEN'] == 'hidden-token'

    def answer(self, verb: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        match verb, *path.strip('/').split('/'):
            case 'GET', 'projects', 'lights%2Ftall%2Fhouse', 'merge_requests':
                assert query['state'] == ['opened']
                branch = query['source_branch'][0]
                return 200, [pull for pull in self.pulls.values() if pull['source_branch'] == branch]
            case 'POST', 'projects', 'lights%2Ftall%2Fhouse', 'merge_requests':
                assert body.keys() == {'title', 'description', 'target_branch', 'source_branch', 'labels'}
                if any(pull['source_branch'] == body['source_branch'] for pull in self.pulls.values()):
                    return 409, {'message': ['Another open merge request already exists for this source branch']}
                number = len(self.pulls) + 1
                labels = [label for label in body['labels'].split(',') if label]
                self.pulls[number] = {**body, 'iid': number, 'web_url': f'{self.url}/{number}', 'labels': labels}
                return 201, self.pulls[number]
            case 'PUT', 'projects', 'lights%2Ftall%2Fhouse', 'merge_requests', number:
                assert body.keys() == {'title', 'description', 'target_branch', 'add_labels'}
                pull = self.pulls[int(number)]
                labels = [
                    *pull['labels'],
                    *(it for it in body.pop('add_labels').split(',') if it not in pull['labels']),
                ]
                pull.update(body, labels=labels)
                return 200, pull
            case 'GET', 'projects', 'lights%2Ftall%2Fhouse', 'releases', tag:
                found = self.releases.get(unquote(tag))
                return (404, {'message': '404 Not Found'}) if found is None else (200, found)
            case 'POST', 'projects', 'lights%2Ftall%2Fhouse', 'releases':
                assert body.keys() == {'tag_name', 'name', 'description'}
                if body['tag_name'] in self.releases:
                    return 409, {'message': 'Release already exists'}
                self.releases[body['tag_name']] = body
                return 201, body
        return 404, {'error': '404 Not Found'}
