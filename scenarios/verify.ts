/**
 * The combined run: every fill, watch and load of a plan at once. Started by Onset (`lib/fire`),
 * which gives it its variables and reads its raw lines; to ask a single question by hand, run one
 * of the other scenarios.
 */
import { createWatch } from '../lib/plan/create-watch.ts'
import { firing } from './firing.ts'

export const { options, setup, fill, watch, load } = firing(createWatch)
