import { Modal, type ModalProps } from 'antd';
import { useEffect, useRef, useState } from 'react';

/**
 * A dialog that is there while it is open: the keyboard begins in its first field, as long as nothing
 * else of its body has the focus, and goes back to where it was when the dialog is gone.
 */
export function Dialog({ children, ...modal }: Omit<ModalProps, 'open' | 'footer'>) {
  const body = useRef<HTMLDivElement>(null);
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // Once the dialog, which holds the focus, has left the page.
      setTimeout(() => opener instanceof HTMLElement && opener.isConnected && opener.focus());
    },
    [opener],
  );
  const begin = () => {
    if (body.current === null || body.current.contains(document.activeElement)) return;
    body.current.querySelector<HTMLElement>('input, textarea')?.focus();
  };
  return (
    <Modal
      {...modal}
      open
      footer={null}
      afterOpenChange={(open) => {
        if (open) begin();
      }}
    >
      <div ref={body}>{children}</div>
    </Modal>
  );
}
