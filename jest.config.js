/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/environment.js',
  roots: ['<rootDir>/test'],
  // A bound for what hangs, not a measure: machines that run these tests may be busy.
  testTimeout: 120_000,
  testMatch: ['**/*.test.ts'],
  testSequencer: '<rootDir>/test/support/sequencer.js',
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.etl'],
  // Tests read the packages' sources, so that a pure test needs no build.
  moduleNameMapper: {
    '^@etl/storage/inspection/inspectInThread$': '<rootDir>/test/support/inlineInspection.ts',
    '^@etl/image/(.*)$': '<rootDir>/etl-image/src/$1.ts',
    '^@etl/(lib|ecs|fargate|pipeline|storage)/(.*)$': '<rootDir>/$1/src/$2.ts',
  },
  transform: {
    '^.+\\.(ts|m?js)$': [
      // Jest looks for packages in the root folder, but this one is installed in test/.
      require.resolve('./test/node_modules/@swc/jest'),
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // These are published as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!hyparquet|zstddec)'],
};
