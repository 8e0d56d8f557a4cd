# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""LangChain interop: a chain of LangChain on a model of Genkit, and LangChain's store and tool in Genkit. No key."""

import argparse
import re
from typing import Any

from genkit import GenerateRequest, GenerateResponse, Genkit, Message, ModelInfo, Part, Role, TextPart, ToolRequestPart
from genkit.types import Supports, ToolRequest
from genkit_langchain import GenkitChatModel, GenkitRetriever, LangChain, from_langchain_tool, from_runnable
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_core.tools import tool
from langchain_core.vectorstores import InMemoryVectorStore


NOTES = ['The soup of the day is leek.', 'The cake has plums.', 'The bread is baked at six.']


class Words(Embeddings):
    """Vectors of the words of a text; a plugin brings real embedders."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        words = re.findall(r'\w+', text.lower())
        return [0.01 + sum(hash_of(word) == place for word in words) for place in range(256)]


def hash_of(word: str) -> int:
    return int.from_bytes(word.encode()) % 251


@tool
def price(dish: str) -> str:
    """Return what a dish costs."""
    return f'{dish} costs 4.50 euros'


async def waiter(request: GenerateRequest) -> GenerateResponse[Any]:
    """Ask for the price if that may be, then repeat what it knows; a plugin brings real models."""
    last = request.messages[-1]
    if last.tool_responses:
        part: Part = TextPart(text=str(last.tool_responses[0].tool_response.output))
    elif request.tools:
        part = ToolRequestPart(tool_request=ToolRequest(name='price', ref='1', input={'dish': 'soup'}))
    else:
        part = TextPart(text=f'I read: {last.text}')
    return GenerateResponse(message=Message(role=Role.MODEL, content=[part]))


store = InMemoryVectorStore(Words())
ai = Genkit(plugins=[LangChain(vector_stores={'notes': store})], model='waiter')
ai.define_model('waiter', waiter, info=ModelInfo(supports=Supports(tools=True, multiturn=True)))
cost = from_langchain_tool(ai, price)

notes = GenkitRetriever(ai=ai, retriever='langchain/notes', k=1)
prompt = ChatPromptTemplate.from_template('{notes} Answer: {question}')
chain = (
    {'notes': notes | (lambda found: found[0].page_content), 'question': RunnablePassthrough()}
    | prompt
    | GenkitChatModel(ai=ai, model='waiter')
    | StrOutputParser()
)
answer = from_runnable(ai, chain, 'answer')


async def run(question: str) -> None:
    await store.aadd_documents([Document(note) for note in NOTES])
    print(await answer(question))
    print((await ai.generate(prompt='What does the soup cost?', tools=[cost])).text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--question', default='What is the soup of the day?')
    ai.run_main(run(parser.parse_args().question))


if __name__ == '__main__':
    main()
