/** What the dialogs say of the alert that they are about. */
export type ActionableAlert = { id: string; message: string; partnerName: string | null }
