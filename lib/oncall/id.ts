import { z } from 'zod'

/** An id as OnCall gives it, which stands as one part of a path: it must be able to, and not lead elsewhere. */
export const idSchema = z.string().refine((id) => id.isWellFormed() && !/^\.*$/.test(id))
