import { html, htmlLines, htmlText, joined, styleSheet } from '@etl/lib/text/html';
import { escapeJson, jsonLine } from '@etl/lib/text/json';
import { bullets, code, details, markdownText, md, paragraphs, summary } from '@etl/lib/text/markdown';
import { messageLine, messageValue } from '@etl/lib/text/messageLine';
import { terminalLine, terminalLines } from '@etl/lib/text/terminal';
import { expectEqual } from '../../support/expectEqual';
import { plain, raw, texts } from './support';

/** Encoders, each with one value. */
const sinks: readonly [string, (text: string) => string][] = [
  ['a line of a message', (text) => messageLine(['Origen', text])],
  ['an attribute of a message', messageValue],
  ['a line of a terminal', terminalLine],
  ['Markdown', (text) => String(md`x ${text} y`)],
  ['code in Markdown', (text) => String(code(text))],
  ['a summary', summary],
  ['a line of JSON', jsonLine],
  ['content of HTML', (text) => String(html`<p>${text}</p>`)],
  ['an attribute of HTML', (text) => String(html`<p title="${text}"></p>`)],
];

const random = texts(20260208, 4000);

test.each(sinks)('%s has no unsafe character and no second line for any value', (_sink, encode) => {
  expect(random.filter((text) => raw.test(encode(text)))).toEqual([]);
});

test.each(sinks.filter(([sink]) => sink !== 'code in Markdown' && sink !== 'a line of JSON'))(
  '%s leaves ordinary text as it is',
  (_sink, encode) => {
    for (const text of plain) expect(encode(text)).toContain(text);
  },
);

test('escapes are readable', () => {
  expect(terminalLine('a\u001b[31mb\r\n\u009bc\u202ed\ud800e\u{e0041}f')).toBe(
    'a\\u001b[31mb\\r\\n\\u009bc\\u202ed\\ud800e\\u{e0041}f',
  );
});

test('a line break in a value does not start a line of a message', () => {
  expect(messageLine(['Origen', 'x\nMotivo: forged'])).toBe('Origen: x\\nMotivo: forged');
  expect(messageLine(['Registro', ['one', 'two\nMotivo: forged', 'Motivo: forged']]).split('\n')).toEqual([
    'Registro:',
    '  one',
    '  two\\nMotivo: forged',
    '  Motivo: forged',
  ]);
});

test('text for a terminal keeps its lines', () => {
  expect(terminalLines('Error: x\u0007\n  at y')).toBe('Error: x\\u0007\n  at y');
});

test('escaped JSON has the same value, with and without indentation', () => {
  for (const text of random) {
    expectEqual(JSON.parse(jsonLine({ [text]: text })), { [text]: text });
    const indented = escapeJson(JSON.stringify({ text }, null, 2));
    expectEqual(JSON.parse(indented), { text });
    expectEqual(indented.split('\n').length, 3);
  }
});

describe('Markdown', () => {
  test.each([
    'https://evil.example/x',
    'HTTP://evil.example',
    'www.evil.example',
    'me@evil.example',
    '[text](https://evil.example)',
    '<https://evil.example>',
    '![x](y)',
    '*x*',
    '_x_',
    '~~x~~',
    '&lt;',
    'a|b',
    '# x',
    '- x',
    '1. x',
    '<b>x</b>',
    '1024/2048',
    'a--b',
    'a...b',
    '(c)',
    '$a$ and $b$',
    'mailto:x',
  ])('%s becomes code', (text) => {
    expect(markdownText(text)).toBe(`\`${text}\``);
  });

  test('text cannot escape from code', () => {
    expect(random.filter((text) => String(code(text)).slice(1, -1).includes('`'))).toEqual([]);
    expect(markdownText('a` https://evil.example `b')).toBe('`a\\u0060 https://evil.example \\u0060b`');
  });

  test('a template encodes its values and keeps Markdown', () => {
    expect(String(md`**${'*x*'}** ${md`_${'y'}_`} ${3}`)).toBe('**`*x*`** _y_ 3');
  });

  test('a list has one item per line, and blank lines separate paragraphs', () => {
    expect(String(paragraphs([md`Held:`, bullets(['a\n- b', '- c', md`**d**`])]))).toBe(
      'Held:\n\n- `a\\n- b`\n- `- c`\n- **d**',
    );
  });

  test('a summary has at most 400 bytes, whole characters and complete code', () => {
    for (const text of [...random, '😀'.repeat(500), `*${'ñ'.repeat(500)}`, '`'.repeat(500), '\u202e'.repeat(500)]) {
      const shown = summary(text);
      const pairs = (shown.match(/`/g) ?? []).length / 2;
      const isWhole = Buffer.byteLength(shown) <= 400 && Number.isInteger(pairs) && !/\p{Cs}/u.test(shown);
      expectEqual([shown, isWhole], [shown, true]);
    }
    expect(Buffer.byteLength(summary('ñ'.repeat(500)))).toBe(400);
  });

  test('details have at most 20,000 bytes and are truncated at a line', () => {
    const line = 'x'.repeat(99);
    const long = details(bullets(Array.from({ length: 400 }, () => line)));
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(20_000);
    expect(long.endsWith(`- ${line}\n\n…`)).toBe(true);
    expect(details(md`short`)).toBe('short');
  });
});

describe('HTML', () => {
  test('a value is text, in an element and in an attribute', () => {
    const text = '<b title="x">&amp; \'y\'</b>';
    expect(String(html`<p class="${text}">${text}</p>`)).toBe(
      "<p class=\"&lt;b title=&quot;x&quot;&gt;&amp;amp; 'y'&lt;/b&gt;\">&lt;b title=&quot;x&quot;&gt;&amp;amp; 'y'&lt;/b&gt;</p>",
    );
  });

  test('no text begins an element, a reference, or ends an attribute', () => {
    for (const text of random) {
      const encoded = htmlText(text);
      expectEqual([encoded, /[<>"]|&(?!(?:amp|lt|gt|quot);)/.test(encoded)], [encoded, false]);
      const decoded = encoded
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&');
      expectEqual(decoded, terminalLine(text));
    }
  });

  test('a template keeps HTML, joins lists, and leaves out what is absent', () => {
    const items = ['a<', 'b'].map((each) => html`<li>${each}</li>`);
    expect(String(html`<ul>${items}${undefined}${false}${0}</ul>`)).toBe('<ul><li>a&lt;</li><li>b</li>0</ul>');
    expect(String(joined([html`<br>`, '<br>']))).toBe('<br>&lt;br&gt;');
  });

  test('lines keep their breaks; a break within a line is escaped', () => {
    expect(String(htmlLines(['a\n<b', 'c']))).toBe('a\\n&lt;b\nc');
  });

  test('a style sheet that could end its element is an error', () => {
    expect(String(styleSheet('a > b { c: "d" }'))).toBe('a > b { c: "d" }');
    expect(() => styleSheet('</style>')).toThrow('remove it');
  });
});
