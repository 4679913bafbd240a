/** The methods that Go's transport sends again, on a new connection, when a kept one turns out closed. */
export const repeated: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
