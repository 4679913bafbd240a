import type { Behaviour } from './behaviour.ts'
import type { TargetConfig } from './config.ts'
import type { AlertStore } from './store/alerts.ts'
import type { Directory } from './store/directory.ts'

/** What the target consists of, beside its HTTP surface. */
export interface World {
  config: TargetConfig
  behaviour: Behaviour
  directory: Directory
  alerts: AlertStore
}

/** A request that has been read to its end. */
export interface TargetRequest {
  method: string
  /** Without the query. */
  path: string
  query: string
  /** The target's own address as the client wrote it, such as `http://127.0.0.1:8080`. */
  origin: string
  authorization: string | undefined
  /** The stack that the request names, as `X-Grafana-URL`. */
  stackUrl: string | undefined
  bodyText: string
}
