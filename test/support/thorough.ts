/**
 * ETL_TEST_THOROUGH=1, as in .ci/run: every step and every seed of what is tried again and again. Without it tests take one
 * in so many, spread over the whole.
 */
export const thorough = process.env.ETL_TEST_THOROUGH === '1';
