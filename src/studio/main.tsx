import { render } from 'preact';
import { App } from './app.js';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';

const theme = localStorage.getItem('maskwright-theme');
if (theme === 'dark' || theme === 'light') {
  document.documentElement.dataset['theme'] = theme;
}

render(<App />, document.querySelector('#app')!);
