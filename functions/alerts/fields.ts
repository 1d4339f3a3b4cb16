import { z } from 'zod'
import { firingLevels } from '../../shared/snapshot/snapshot.ts'

export const Level = z.enum(firingLevels)
export const Id = z.string().min(1).max(64)
export const Text = z.string().trim().min(1, 'is required')
export const At = z.iso.datetime()
