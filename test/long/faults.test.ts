// The same catalogue as in the short run, with the histories of correct limiters in thousands.
process.env.ONSET_FAULT_HISTORIES ??= '10000'
await import('../faults/faults.test.ts')
