import type { Rule } from '../rule.ts'
import { behaviourRules } from './behaviour.ts'
import { fieldRules } from './fields.ts'
import { policyRules } from './policy.ts'
import { refusalStatusRules } from './refusal-status.ts'
import { retryAfterRules } from './retry-after.ts'

/** All rules, from 1 to 32. */
export const rules: readonly Rule[] = [
  ...refusalStatusRules,
  ...retryAfterRules,
  ...policyRules,
  ...fieldRules,
  ...behaviourRules,
]
