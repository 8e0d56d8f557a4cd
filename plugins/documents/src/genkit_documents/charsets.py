# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The encodings that web pages may name, by the labels of https://encoding.spec.whatwg.org/#names-and-labels.

Python knows more, and of those some take time that grows with the square of a page.
"""

import re
from typing import Final


# Encodings of Python with the labels that name them, in small letters and without marks.
_LABELS: Final = {
    'utf-8': 'utf8 unicode11utf8 unicode20utf8 xunicode20utf8 utf8sig utf16 utf16le utf16be',
    'latin-1': 'iso88591 iso885911987 isoir100 l1 latin1 csisolatin1 cp819 ibm819',
    'cp1252': 'windows1252 cp1252 xcp1252 ascii usascii ansix341968 xuserdefined',
    'iso8859-2': 'iso88592 iso885921987 isoir101 l2 latin2 csisolatin2',
    'iso8859-3': 'iso88593 iso885931988 isoir109 l3 latin3 csisolatin3',
    'iso8859-4': 'iso88594 iso885941988 isoir110 l4 latin4 csisolatin4',
    'iso8859-5': 'iso88595 iso885951988 isoir144 cyrillic csisolatincyrillic',
    'iso8859-6': 'iso88596 iso88596e iso88596i iso885961987 isoir127 arabic asmo708 csiso88596e csiso88596i '
    'csisolatinarabic ecma114',
    'iso8859-7': 'iso88597 iso885971987 isoir126 greek greek8 csisolatingreek ecma118 elot928 suneugreek',
    'iso8859-8': 'iso88598 iso88598e iso88598i iso885981988 isoir138 hebrew visual logical csiso88598e csiso88598i '
    'csisolatinhebrew',
    'iso8859-10': 'iso885910 isoir157 l6 latin6 csisolatin6',
    'iso8859-13': 'iso885913',
    'iso8859-14': 'iso885914',
    'iso8859-15': 'iso885915 l9 csisolatin9',
    'iso8859-16': 'iso885916',
    'cp866': '866 cp866 ibm866 csibm866',
    'cp874': 'windows874 dos874 iso885911 tis620',
    'cp1250': 'windows1250 cp1250 xcp1250',
    'cp1251': 'windows1251 cp1251 xcp1251',
    'cp1253': 'windows1253 cp1253 xcp1253',
    'cp1254': 'windows1254 cp1254 xcp1254 iso88599 iso885991989 isoir148 l5 latin5 csisolatin5',
    'cp1255': 'windows1255 cp1255 xcp1255',
    'cp1256': 'windows1256 cp1256 xcp1256',
    'cp1257': 'windows1257 cp1257 xcp1257',
    'cp1258': 'windows1258 cp1258 xcp1258',
    'koi8-r': 'koi8r koi8 koi cskoi8r',
    'koi8-u': 'koi8u koi8ru',
    'mac-roman': 'macintosh mac macroman xmacroman csmacintosh',
    'mac-cyrillic': 'maccyrillic xmaccyrillic xmacukrainian',
    'gb18030': 'gb18030 gbk gb2312 gb231280 xgbk chinese csgb2312 csiso58gb231280 isoir58 cp936',
    'big5hkscs': 'big5 big5hkscs cnbig5 csbig5 xxbig5',
    'euc-jp': 'eucjp xeucjp cseucpkdfmtjapanese',
    'iso2022-jp': 'iso2022jp csiso2022jp',
    'cp932': 'shiftjis sjis xsjis csshiftjis ms932 mskanji windows31j cp932',
    'cp949': 'euckr cseuckr csksc56011987 isoir149 korean ksc56011987 ksc56011989 ksc5601 windows949 cp949',
}
_ENCODINGS: Final = {label: encoding for encoding, labels in _LABELS.items() for label in labels.split()}
_SPELLING: Final = re.compile(r'[-_:.]')


def encoding_of(label: str) -> str | None:
    """Return the encoding of Python that a web page names, or None if web pages have no such encoding."""
    return _ENCODINGS.get(_SPELLING.sub('', label.lower()))
