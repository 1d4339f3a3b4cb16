import type { Db } from 'mongodb'
import type { FiringRule } from '../../../alert/alert-rules.ts'
import { defaultFiringRules } from '../../../alert/alert-rules.ts'
import { isDuplicateKey } from '../is-duplicate-key.ts'

type RuleSetDoc = { _id: 'rules'; version: number; rules: FiringRule[] }

/** The rule set: the default one (version 0) until an admin changes it. */
export const createAlertRuleSet = (db: Db) => {
  const sets = db.collection<RuleSetDoc>('alert_rules')
  const readSet = async () => {
    const stored = await sets.findOne({ _id: 'rules' })
    return stored ? { version: stored.version, rules: stored.rules } : { version: 0, rules: [...defaultFiringRules] }
  }
  return {
    readSet,
    read: async (): Promise<readonly FiringRule[]> => (await readSet()).rules,
    /** `false`: the set is not at `version` any more. */
    write: async (version: number, rules: readonly FiringRule[]): Promise<boolean> => {
      try {
        const { matchedCount, upsertedCount } = await sets.updateOne(
          { _id: 'rules', version },
          { $set: { rules: [...rules], version: version + 1 } },
          { upsert: version === 0 },
        )
        return matchedCount + upsertedCount === 1
      } catch (error) {
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
  }
}

export type AlertRuleSet = ReturnType<typeof createAlertRuleSet>
