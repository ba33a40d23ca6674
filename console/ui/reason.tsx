import { useT } from '../i18n';
import { reasonText } from './failure-reason';

/** Why something failed; where that is not said in the words of the record, these stand below. */
export function Reason({ text }: { text: string }) {
  const t = useT();
  const said = reasonText(text, t);
  return (
    <>
      {said}
      {said !== text && (
        <span className="under" lang="en">
          {text}
        </span>
      )}
    </>
  );
}
