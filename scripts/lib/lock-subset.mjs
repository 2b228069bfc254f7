// A part of a lockfile, for a package that is installed elsewhere.

/** Returns a lockfile with these dependencies and all that they need, at the versions of `lock`. */
export function lockSubset(lock, { name, version, dependencies }) {
  const found = {};
  const visit = (from, wanted) => {
    const path = resolve(lock.packages, from, wanted);
    if (path === undefined || found[path]) return path;
    const entry = lock.packages[path];
    found[path] = entry;
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = entry;
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      visit(path, each);
    return path;
  };
  for (const each of Object.keys(dependencies))
    if (visit('', each) === undefined) throw new Error(`package-lock.json has no ${each} at the top: run npm install`);
  const packages = { '': { name, version, dependencies }, ...Object.fromEntries(Object.entries(found).sort()) };
  return { name, version, lockfileVersion: lock.lockfileVersion, requires: true, packages };
}

/** Returns the path of a dependency as Node.js finds it, from the innermost folder outwards. */
function resolve(packages, from, name) {
  const inner = `${from}/node_modules/${name}`;
  if (from !== '' && packages[inner]) return inner;
  if (from === '') return packages[`node_modules/${name}`] && `node_modules/${name}`;
  return resolve(packages, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name);
}
