const secretName =
  /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY(_ID)?|PRIVATE_?KEY|CREDENTIALS?)(?![A-Z])|(^|_)PWD$/i;
/** Names of attributes of a secret, not of the secret: `SECRET_NAME`, `TOKEN_TTL`. */
const attributeName = /_(NAME|FILE|PATH|TYPE|HEADER|TTL|SECONDS|DAYS|LENGTH|COUNT)$/i;
const arn = /^arn:aws[a-z-]*:/;
const passwordInUrl = /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]+@/i;

/** Returns whether an environment variable exposes a secret: users who may describe a task can read its environment. */
export function exposesSecret(name: string, value: string): boolean {
  if (passwordInUrl.test(value)) return true;
  if (!secretName.test(name) || attributeName.test(name)) return false;
  return !(/_ARN$/i.test(name) && arn.test(value));
}

const secretsManager = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$/;
const parameter = /^arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter\/\S+$/;
const parameterName = /^[A-Za-z0-9_./-]{1,1011}$/;

/** Returns whether a text is a valid `valueFrom`. @see Amazon ECS API, Secret */
export function isSecretReference(valueFrom: string): boolean {
  return [secretsManager, parameter, parameterName].some((pattern) => pattern.test(valueFrom));
}
