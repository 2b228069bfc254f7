/**
 * ETL_TEST_THOROUGH=1, as in .ci/run: runs every step and every seed of repeated tests. Otherwise tests take a sample
 * of them, spread over the whole.
 */
export const thorough = process.env.ETL_TEST_THOROUGH === '1';
