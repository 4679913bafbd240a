import { parentPort, workerData } from 'node:worker_threads'
import { markSwitch } from './ask-stand-in.ts'
import type { ToMark } from './mark-apart.ts'

const { platform, asked } = workerData as ToMark
parentPort?.postMessage(await markSwitch(platform, asked))
