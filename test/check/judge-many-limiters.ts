import { parentPort } from 'node:worker_threads'
import { judge } from '../../lib/check/index.ts'
import { smallIntegrations } from '../simulation/small-integrations.ts'

const { history, spec } = smallIntegrations({ integration: 10, organization: 500 }, 'sliding-counter', 1)
parentPort?.postMessage(judge(history, spec).limits.map(({ verdict }) => verdict))
