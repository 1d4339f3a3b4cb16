/** Begins every service token, so that it is told from an access token, and found by secret scanners. */
export const serviceTokenPrefix = 'jta_'
