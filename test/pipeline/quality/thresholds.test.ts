import { describeThreshold, satisfies, type Threshold } from '@etl/pipeline/quality/thresholds';

const values = [4, 5, 6, 7, 8] as const;
test.each<[Threshold, readonly number[], string]>([
  [{ operator: 'mustBe', value: 5 }, [5], 'must be 5'],
  [{ operator: 'mustNotBe', value: 5 }, [4, 6, 7, 8], 'must not be 5'],
  [{ operator: 'mustBeGreaterThan', value: 5 }, [6, 7, 8], 'must be greater than 5'],
  [{ operator: 'mustBeGreaterOrEqualTo', value: 5 }, [5, 6, 7, 8], 'must be at least 5'],
  [{ operator: 'mustBeLessThan', value: 5 }, [4], 'must be less than 5'],
  [{ operator: 'mustBeLessOrEqualTo', value: 5 }, [4, 5], 'must be at most 5'],
  [{ operator: 'mustBeBetween', value: [5, 7] }, [5, 6, 7], 'must be between 5 and 7'],
  [{ operator: 'mustNotBeBetween', value: [5, 7] }, [4, 8], 'must not be between 5 and 7'],
])('%j', (threshold, satisfied, text) => {
  expect(values.filter((value) => satisfies(value, threshold))).toEqual(satisfied);
  expect(describeThreshold(threshold)).toBe(text);
});
