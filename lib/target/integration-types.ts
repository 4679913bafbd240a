/** The integration types that the target can be sent alerts as. */
export const integrationTypes = ['webhook', 'formatted_webhook', 'alertmanager'] as const
export type IntegrationType = (typeof integrationTypes)[number]
