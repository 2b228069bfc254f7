import { fileSize, memory, positiveNumber } from '../../../cli/advise/amounts';
import { dollars } from '../../../cli/dollars';
import { tableLines } from '../../../cli/table';

test('memory is in units of 1024, as in the prices of AWS', () => {
  expect([memory('8GB'), memory('8 GiB'), memory('512mb'), memory('0.5GB')]).toEqual([8192, 8192, 512, 512]);
});

test('a file size has decimal and binary units', () => {
  expect([fileSize('10GB'), fileSize('1GiB'), fileSize('1.5TB')]).toEqual([1e10, 2 ** 30, 1.5e12]);
});

test.each(['8', 'GB', '0GB', '-1GB', '8XB', '8constructor', '1e3GB'])('rejects %s', (text) => {
  expect(() => memory(text)).toThrow(`${text} is not a size`);
  expect(() => fileSize(text)).toThrow(`${text} is not a size`);
});

test('a number is above 0', () => {
  expect(positiveNumber('0.25')).toBe(0.25);
  for (const text of ['0', '-1', 'x', '1e3', '']) expect(() => positiveNumber(text)).toThrow('is not a number above 0');
});

test('aligns columns, and formats dollars', () => {
  expect(
    tableLines([
      ['A', 'B', ''],
      ['long', 'x', 'y'],
    ]),
  ).toEqual(['A     B', 'long  x  y']);
  expect([dollars(1.005, 4), dollars(-0.5), dollars(null)]).toEqual(['$1.0050', '-$0.50', '-']);
});
