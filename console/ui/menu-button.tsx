import { Button, Dropdown, type ButtonProps, type MenuProps } from 'antd';
import { useRef } from 'react';

interface MenuButtonProps extends ButtonProps {
  menu: MenuProps;
  placement?: 'bottomRight' | 'bottomLeft';
}

/** A button with a menu: the keyboard goes into it when it opens, and back when it closes. */
export function MenuButton({ menu, placement = 'bottomRight', ...button }: MenuButtonProps) {
  const opener = useRef<HTMLButtonElement>(null);
  return (
    <Dropdown
      autoFocus
      trigger={['click']}
      placement={placement}
      menu={menu}
      disabled={button.disabled ?? false}
      onOpenChange={(open) => {
        if (!open) opener.current?.focus();
      }}
    >
      <Button {...button} ref={opener} />
    </Dropdown>
  );
}
