/** A page without a script, of a few lines. */
export const page = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="zh-CN">\n<meta charset="utf-8">\n<title>${title}</title>\n<h1>${title}</h1>\n${body}\n</html>\n`;

/** Development only: where a supervisor's or auditor's token is pasted, so that Temporal's UI may have payloads decoded. */
export const signInForm = page(
  '解密登录 · Decode payloads',
  `<form method="post" action="/sign-in">
<p><label>令牌 · token (npm run -s token -- --role auditor --org 220000 --sub shen)<br>
<input name="token" type="password" autocomplete="off" required size="60"></label></p>
<p><button>登录 · Sign in</button></p>
</form>`,
);
