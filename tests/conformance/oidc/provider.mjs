// A certified OpenID provider, as strict as it can be set, on a loopback port: PKCE with S256 is required, redirect URIs
// are compared exactly, a code is good once, and the answer says which issuer gave it (RFC 9207). As with Okta, the e-mail
// address is not in the ID token and must be asked for at /userinfo.
// Reads from the environment: PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, SIGNED_OUT_URI, and in ACCOUNTS the claims of
// everybody by their login, which is also the subject; any password will do.

import { Provider } from "oidc-provider";

const { PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, SIGNED_OUT_URI } = process.env;
const accounts = JSON.parse(process.env.ACCOUNTS);
const issuer = `http://127.0.0.1:${PORT}`;

const provider = new Provider(issuer, {
  claims: { email: ["email", "email_verified"], profile: ["name", "given_name", "family_name"] },
  clientAuthMethods: ["client_secret_basic"],
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      grant_types: ["authorization_code"],
      post_logout_redirect_uris: [SIGNED_OUT_URI],
      redirect_uris: [REDIRECT_URI],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_basic",
    },
  ],
  conformIdTokenClaims: true,
  findAccount: (_, login) =>
    login in accounts ? { accountId: login, claims: () => ({ sub: login, ...accounts[login] }) } : undefined,
  pkce: { required: () => true },
  responseTypes: ["code"],
});

provider.listen(Number(PORT), "127.0.0.1", () => console.log(`listening at ${issuer}`));
