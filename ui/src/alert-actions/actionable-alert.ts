/** What the dialogs show of their alert. */
export type ActionableAlert = { id: string; message: string; partnerName: string | null }
