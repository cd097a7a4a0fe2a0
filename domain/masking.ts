import type { Annex2 } from './annex-2.ts';
import type { Application } from './application.ts';

/** First and last character; the rest `*`. */
export const maskedIdNumber = (idNumber: string): string =>
  `${idNumber.slice(0, 1)}${'*'.repeat(Math.max(0, idNumber.length - 2))}${idNumber.slice(-1)}`;

/** The last four characters; the rest `*`. */
const lastFour = (text: string): string => `${'*'.repeat(Math.max(0, text.length - 4))}${text.slice(-4)}`;

/** The last four characters; everything where the number spells the ID number or the birth date. */
export function maskedCertificateNumber(number: string, idNumber: string): string {
  const birthDate = idNumber.slice(6, 14);
  const plain = number.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  const tells = [idNumber, birthDate, birthDate.slice(2)].some((secret) => plain.includes(secret));
  return tells ? '*'.repeat(number.length) : lastFour(number);
}

/** Annex 2 for those who neither publish from it nor made it. */
export const maskedAnnex2 = (annex: Annex2): Annex2 => ({
  ...annex,
  entries: annex.entries.map((entry) => {
    const { idNumber, certificate } = entry;
    const number = certificate.number && maskedCertificateNumber(certificate.number, idNumber ?? '');
    return { ...entry, idNumber: idNumber && maskedIdNumber(idNumber), certificate: { ...certificate, number } };
  }),
});

/** An application for those who need the case but not the numbers: ID, phone, address and account are covered. */
export function maskedApplication(application: Application) {
  const { applicant, account, certificate, proxy } = application;
  return {
    ...application,
    applicant: {
      ...applicant,
      idNumber: maskedIdNumber(applicant.idNumber),
      phone: lastFour(applicant.phone),
      homeAddress: '*'.repeat([...applicant.homeAddress].length),
    },
    certificate: { ...certificate, number: maskedCertificateNumber(certificate.number, applicant.idNumber) },
    account: { ...account, number: lastFour(account.number) },
    proxy: proxy && { ...proxy, idNumber: maskedIdNumber(proxy.idNumber) },
  };
}
