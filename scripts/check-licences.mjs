// Fails if an installed package, of production or development, has a licence other than those below.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/ensure-installed.mjs';

/** SPDX identifiers of permissive licences: they allow use, modification and redistribution, and require at most notices. */
const permissive = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
];

/** Packages with another licence, or without one in their package.json, and why they are acceptable. */
const exceptions = {
  'axe-core': {
    licence: 'MPL-2.0',
    why: 'checks pages in tests only; its files are neither changed nor redistributed',
  },
  'caniuse-lite': {
    licence: 'CC-BY-4.0',
    why: 'data for browserslist, which webpack reads while workflows are bundled; not redistributed',
  },
  khroma: { licence: undefined, why: 'its file `license` is the MIT licence' },
  unionfs: { licence: undefined, why: 'its file `LICENSE` is the Unlicense' },
};

/** Returns whether an SPDX expression allows permissive use: one operand of `OR`, all operands of `AND`. */
export function isPermissive(expression = '') {
  const text = expression.replace(/^\((.*)\)$/, '$1');
  if (text.includes(' OR ')) return text.split(' OR ').some((each) => isPermissive(each));
  return text.split(' AND ').every((each) => permissive.includes(each));
}

/** Returns every package of both lockfiles with the licence that its package.json declares. */
export function installedLicences() {
  return ['.', 'test'].flatMap((folder) => {
    const { packages } = JSON.parse(readFileSync(join(root, folder, 'package-lock.json'), 'utf8'));
    return Object.entries(packages)
      .filter(([path, { link }]) => path.includes('node_modules/') && !link)
      .map(([path, { license }]) => ({
        name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
        licence: declared(join(folder, path)) ?? license,
      }));
  });
}

/** Returns undefined also for a package of another platform, which is not installed: the lockfile has its licence. */
function declared(path) {
  try {
    const { license } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
    return typeof license === 'object' ? license.type : license;
  } catch {
    return undefined;
  }
}

/** Returns a line for each package whose licence is neither permissive nor an exception, and for each unused exception. */
export function licenceProblems(packages) {
  const isException = ({ name, licence }) => Object.hasOwn(exceptions, name) && exceptions[name].licence === licence;
  const bad = packages.filter((each) => !isPermissive(each.licence) && !isException(each));
  const unused = Object.keys(exceptions).filter((name) => !packages.some((each) => each.name === name));
  return [
    ...bad.map(
      ({ name, licence }) =>
        `${name}: ${licence === undefined ? 'no licence declared' : `licence ${licence}`}: replace the package, or add an exception`,
    ),
    ...unused.map((name) => `${name}: not installed: remove its exception`),
  ];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = licenceProblems(installedLicences());
  for (const line of found) console.error(`error: ${line}`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
