// The same servers as in the short run, in hundreds.
process.env.ONSET_ODD_SERVERS ??= '400'
await import('../check/odd-servers.test.ts')
