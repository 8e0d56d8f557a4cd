# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes PDF files: real ones, and hostile ones."""

import zlib
from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader, PdfWriter


def make_pdf(pages: Sequence[str], title: str | None = None) -> bytes:
    """Return a file of one line of text a page."""
    return from_streams([f'BT /F1 12 Tf 72 720 Td ({text}) Tj ET'.encode('latin-1') for text in pages], title)


def from_streams(streams: Sequence[bytes], title: str | None = None) -> bytes:
    """Return a file whose pages have these contents, compressed."""
    count = len(streams)
    kids = ' '.join(f'{5 + 2 * number} 0 R' for number in range(count))
    objects = [
        b'<< /Type /Catalog /Pages 2 0 R >>',
        f'<< /Type /Pages /Kids [{kids}] /Count {count} >>'.encode(),
        b'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
        f'<< /Title ({title}) >>'.encode('latin-1') if title else b'<< >>',
    ]
    for number, stream in enumerate(streams):
        packed = zlib.compress(stream, 9)
        page = f'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {6 + 2 * number} 0 R'
        objects.append(f'{page} /Resources << /Font << /F1 3 0 R >> >> >>'.encode())
        head = f'<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n'
        objects.append(head.encode() + packed + b'\nendstream')
    return assembled(objects)


def assembled(objects: Sequence[bytes]) -> bytes:
    """Return a file of these objects, the first of which is its catalogue and the fourth its description."""
    content = b'%PDF-1.7\n'
    places: list[int] = []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += f'{number} 0 obj\n'.encode() + body + b'\nendobj\n'
    table = ''.join(f'{place:010} 00000 n \n' for place in places)
    end = f'xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}'
    end += f'trailer << /Size {len(objects) + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{len(content)}\n%%EOF\n'
    return content + end.encode()


def encrypted(content: bytes, password: str) -> bytes:
    """Return a file that only opens with a password."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
    writer.encrypt(password, owner_password='owner', algorithm='RC4-128')
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
