import { shownUri } from '@etl/lib/text/shownUri';

test.each([
  ['s3://raw/ventas/día 1.csv', 's3://raw/ventas/día 1.csv'],
  ['file:///data/ventas.csv', 'file:///data/ventas.csv'],
  ['ventas/ventas_2026_02.csv', 'ventas/ventas_2026_02.csv'],
  ['postgres://user:secret@db.example.com:5432/sales', 'postgres://db.example.com:5432/…'],
  ['https://user:secret@example.com/x?sig=secret', 'https://example.com/…'],
  ['https://raw.s3.amazonaws.com/a.csv?X-Amz-Signature=secret', 'https://raw.s3.amazonaws.com/…'],
  ['jdbc:postgresql://db/sales?user=u&password=secret', 'jdbc:postgresql://db/…'],
  ['postgres://user:sec/ret@db/sales', 'postgres://…'],
  ['postgres://user:s@cr/et@db/sales', 'postgres://…'],
  ['https://example.com/a?b=user@secret', 'https://…'],
  ['password=secret postgres://db/sales', 'a redacted address'],
  ['S3://user:secret@raw/x', 'S3://raw/…'],
  ['file://secret@host/x', 'file://host/…'],
])('%s is shown as %s', (text, shown) => {
  expect(shownUri(text)).toBe(shown);
});
