/** What can be done where a certificate is not trusted, by the words in which that is told. */
const remedies: Readonly<Record<string, string>> = {
  'certificate of an unknown authority':
    "where it is a private authority's, name the file of its certificate as caFile under target",
  'certificate for another host': 'name the target by the host that its certificate is for',
  'certificate that has expired': 'it has to be renewed there',
}

/** What to do about an error, to be read after it: `: name …`; empty where there is nothing to say. */
export function certificateRemedy(errorWords: string): string {
  const remedy = remedies[errorWords]
  return remedy === undefined ? '' : `: ${remedy}`
}
