/** The package has no types of its own. */
declare module 'oracledb' {
  const driver: import('./driver.ts').Driver & {
    /** True unless somebody called `initOracleClient`, which nobody does. */
    readonly thin: boolean;
  };
  export default driver;
}
