import { Button, Dropdown, type ButtonProps, type MenuProps } from 'antd';
import { useRef } from 'react';

interface MenuButtonProps extends ButtonProps {
  menu: MenuProps;
  placement?: 'bottomRight' | 'bottomLeft';
}

/** The Enter that chose something would else press what has the focus after it as well. */
const keepEnter: MenuProps['onClick'] = ({ domEvent }) => {
  const isLink = (domEvent.target as HTMLElement).closest('a') !== null;
  if (domEvent.type === 'keydown' && !isLink) domEvent.preventDefault();
};

/** A button with a menu: the keyboard goes into it when it opens, and back when it closes. */
export function MenuButton({ menu, placement = 'bottomRight', ...button }: MenuButtonProps) {
  const opener = useRef<HTMLButtonElement>(null);
  return (
    <Dropdown
      autoFocus
      trigger={['click']}
      placement={placement}
      menu={{ ...menu, onClick: keepEnter }}
      disabled={button.disabled ?? false}
      onOpenChange={(open) => {
        if (!open) opener.current?.focus();
      }}
    >
      <Button {...button} ref={opener} />
    </Dropdown>
  );
}
