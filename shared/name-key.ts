/** What makes two names equal: compatibility forms, case and the spaces around them are ignored. */
export const nameKey = (name: string): string => name.normalize('NFKC').trim().toLowerCase()
