import { errors, jwtVerify, SignJWT } from 'jose'
import type { UserDoc } from '../../shared/node/mongo/access/users.ts'
import type { Access } from './schema.ts'

export type AccessTokenDeps = { jwtSecret: string; jwtExpiryMinutes: number; now: () => Date }

const algorithm = 'HS256'
const claims = { issuer: 'jobtalk-admin', audience: 'jobtalk-admin-api', typ: 'at+jwt' }
const keyOf = (deps: AccessTokenDeps) => new TextEncoder().encode(deps.jwtSecret)

export const issueAccess = async (deps: AccessTokenDeps, user: UserDoc, sessionId: string): Promise<Access> => {
  const issuedAt = Math.floor(deps.now().getTime() / 1000)
  const expiresIn = deps.jwtExpiryMinutes * 60
  const accessToken = await new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: algorithm, typ: claims.typ })
    .setSubject(user._id)
    .setIssuer(claims.issuer)
    .setAudience(claims.audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + expiresIn)
    .sign(keyOf(deps))
  return { accessToken, expiresIn, user: { id: user._id, username: user.username, role: user.role } }
}

export const readAccessToken = async (deps: AccessTokenDeps, token: string): Promise<{ userId: string; sessionId: string } | null> => {
  try {
    const { payload } = await jwtVerify(token, keyOf(deps), {
      ...claims,
      algorithms: [algorithm],
      requiredClaims: ['sub', 'sid', 'iat', 'exp'],
      currentDate: deps.now(),
    })
    return typeof payload.sub === 'string' && typeof payload['sid'] === 'string' ? { userId: payload.sub, sessionId: payload['sid'] } : null
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}
