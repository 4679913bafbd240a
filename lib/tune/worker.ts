import { parentPort, workerData } from 'node:worker_threads'
import type { Share } from './in-threads.ts'
import { replay } from './replay.ts'

// Replays a share of the candidates in a thread of its own.
const { demand, candidates, measures, turns } = workerData as Share
parentPort?.postMessage(replay(demand, candidates, measures, turns))
