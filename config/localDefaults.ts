/** Default ports and state folder of the local system. */
export const localDefaults = {
  temporalPort: 7233,
  uiPort: 8233,
  codecPort: 8234,
  ecsPort: 7299,
  stateDir: '.etl',
} as const;
