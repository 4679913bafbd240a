import { z } from 'zod'

/** The link of an integration: its last part is the credential, so it has one. */
export const linkSchema = z
  .url({ protocol: /^https?$/ })
  .refine((link) => URL.canParse(link) && /[^/]/.test(new URL(link).pathname))
