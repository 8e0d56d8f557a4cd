# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit_documents.html_text import to_markdown
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ('html', 'text'),
    [
        ('<h1>Tea <em>house</em></h1><p>Hot &eacute;&#33; &lt;tea&gt;', '# Tea house\n\nHot é! <tea>'),
        ('one<p>two<div>three</div>four<br>five', 'one\n\ntwo\n\nthree\n\nfour\nfive'),
        ('<ul><li>One<li>Two<ol><li>a</li><li><p>b</p></ol></ul>', '- One\n- Two\n  1. a\n  2. b'),
        ('<pre><code>x = 1\n  y = ```z</code></pre>', '````\nx = 1\n  y = ```z\n````'),
        ('<table><tr><th>A<th>B<tr><td>1|2<td><p>x</p><p>y</p></table>z', '| A | B |\n| 1\\|2 | x y |\n\nz'),
        ('<table><tr><td><h2>Old</h2>page</table>', '## Old\n\npage'),
        ('a<script>if (1 < 2) "<p>no</p>"</script><style>p {}</style><nav>Home<nav>x</nav>y</nav>b', 'a\n\nb'),
        ('<!-- no --><![CDATA[no]]><?no?></ no>yes<!-->yes', 'yesyes'),
        ('<div><nav>menu</div>text', 'text'),
        (
            '<p hidden>no<p>yes<div class="x" hidden="until-found">no<p>no</div><span data-x=\'hidden\'>yes',
            'yes\n\nyes',
        ),
        ('<a title="a > b" href=c\'d>link</a> a < b <3', 'link a < b <3'),
        ('<P># no heading<p>```<p>---<H2 CLASS=x>Yes</H2>', '\\# no heading\n\n\\```\n\n\\---\n\n## Yes'),
        ('text <a href="never ends', 'text'),
        ('text<script>never ends', 'text'),
        ('</p></h1></table></li></ul>text<li>item', 'text\n\n- item'),
        ('', ''),
    ],
)
def test_a_page_is_read_as_its_readers_see_it(html, text):
    assert to_markdown(html)[0] == text


def test_the_title_is_that_of_the_page_or_its_first_heading():
    assert to_markdown('<title> The &amp;\nshop </title><h1>x</h1><svg><title>no</title></svg>')[1] == 'The & shop'
    assert to_markdown('<h2>Tea</h2><h1>x</h1>')[1] == 'Tea'
    assert to_markdown('<p>x')[1] is None


HOSTILE = ['<!--', '<', '<a ', '&', '<script>', '</', '<a b="', '<a b=c ', '<div>', '<a/', '<b><div></b>', '<div></x>']


@pytest.mark.parametrize('piece', [*HOSTILE, '<ul><li>', '<table><tr><td>', '<nav><p>', '<p hidden>', '<pre>', '<h1>'])
def test_a_hostile_page_is_read_in_one_pass(piece):
    text, _ = to_markdown(piece * 50_000 + 'x')
    assert len(text) <= 50_000 + 1 + len('\n\n| x |')


def test_a_cell_of_many_paragraphs_is_joined_once():
    count = 100_000
    text, _ = to_markdown('<table><tr><td>a<br>b<td> <td>' + '<p>a | ' * count)
    assert text == '| a b |  | ' + 'a \\| ' * (count - 1) + 'a \\| |'


@pytest.mark.parametrize(
    'number', ['9' * 5000, '0' * 5000 + '33', 'x' + 'f' * 5000, '99999999', '1114112', 'xd800', '0' * 5000]
)
def test_a_number_for_no_character_is_read_as_one_that_is_missing(number):
    assert to_markdown(f'a&#{number};b')[0] == ('a!b' if number.endswith('033') else 'a\N{REPLACEMENT CHARACTER}b')


def test_lists_however_deep_grow_no_further_to_the_right():
    text, _ = to_markdown('<ul><li>x' * 1000)
    assert max(map(len, text.splitlines())) == len('  ' * 8 + '- x')


@given(
    st.lists(st.sampled_from([*HOSTILE, '>', '"', "'", '=', 'x', ' ', '\n', '</div>', '</nav>', '-->', '<br>', '<li>']))
)
def test_every_page_is_read_somehow(pieces):
    text, title = to_markdown(''.join(pieces))
    assert '\0' not in text
    assert title != ''
