#!/usr/bin/env python3
"""pages.py FILE DIRECTORY SECTION ...: checks a page in Chromium; prints "good" or the fault.

At 1,280 and 400 pixels, light and dark: no console message, no request except for the page, nothing
wider than the window, no text beyond the edge of a picture, all pictures decoded, the sections in
order; then printed.  If DIRECTORY is not empty, screenshots are written there.
"""
import base64
import json
import os
import shutil
import sys

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

# Elements that stick out, but for those in a box that scrolls; and pictures' text.
LOOK = '''
const faults = [], wide = document.documentElement.clientWidth + 0.5;
if (document.documentElement.scrollWidth > wide)
	faults.push('overflow: the page is ' + document.documentElement.scrollWidth + ' wide');
for (const e of document.body.querySelectorAll('*')) {
	if (e.closest('.scroll') && !e.matches('.scroll') || e.closest('svg') && !e.matches('svg'))
		continue;
	const box = e.getBoundingClientRect();
	if (box.right > wide || box.left < -0.5)
		faults.push('overflow: ' + e.tagName + ' ' + Math.round(box.right) + ' ' + e.textContent.slice(0, 40));
}
for (const e of document.querySelectorAll('svg text')) {
	const box = e.getBoundingClientRect(), all = e.closest('svg').getBoundingClientRect();
	if (box.right > all.right + 1 || box.left < all.left - 1 || box.bottom > all.bottom + 1 || box.top < all.top - 1)
		faults.push('text beyond its picture: ' + e.textContent);
}
for (const e of document.images)
	if (!e.complete || e.naturalWidth == 0)
		faults.push('a picture that does not show');
const sections = [...document.querySelectorAll('main > section')].map(e => e.id);
return [faults, sections];
'''


def browser():
    options = Options()
    for name in 'chromium', 'chromium-browser', 'google-chrome':
        if shutil.which(name):
            options.binary_location = shutil.which(name)
            break
    options.add_argument('--headless=new')
    options.add_argument('--disable-gpu')
    if os.geteuid() == 0:
        options.add_argument('--no-sandbox')
    options.set_capability('goog:loggingPrefs', {'performance': 'ALL', 'browser': 'ALL'})
    return webdriver.Chrome(options=options, service=Service(shutil.which('chromedriver')))


def look(driver, url, sections, where):
    faults, found = driver.execute_script(LOOK)
    for name in sections:
        if name not in found:
            faults.append('missing section: ' + name)
    if not faults and found != sections:
        faults.append('sections: ' + ' '.join(found))
    for entry in driver.get_log('browser'):
        faults.append('console: ' + entry['message'])
    for entry in driver.get_log('performance'):
        message = json.loads(entry['message'])['message']
        if message['method'] != 'Network.requestWillBeSent':
            continue
        wanted = message['params']['request']['url']
        if wanted != url and not wanted.startswith('data:'):
            faults.append('request: ' + wanted)
    return ['%s: %s' % (where, fault) for fault in faults]


def main():
    page, directory, *sections = sys.argv[1:]
    url = 'file://' + os.path.abspath(page)
    driver = browser()
    faults = []
    try:
        for width in 1280, 400:
            for scheme in 'light', 'dark':
                driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {
                    'features': [{'name': 'prefers-color-scheme', 'value': scheme}]})
                driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
                    'width': width, 'height': 900, 'deviceScaleFactor': 1, 'mobile': False})
                driver.get(url)
                faults += look(driver, url, sections, '%d %s' % (width, scheme))
                if directory:
                    shot = driver.execute_cdp_cmd('Page.captureScreenshot', {'captureBeyondViewport': True})
                    name = '%s-%d-%s.png' % (os.path.basename(page), width, scheme)
                    with open(os.path.join(directory, name), 'wb') as out:
                        out.write(base64.b64decode(shot['data']))
        driver.execute_cdp_cmd('Emulation.clearDeviceMetricsOverride', {})
        paper = base64.b64decode(driver.execute_cdp_cmd('Page.printToPDF', {})['data'])
        if not paper.startswith(b'%PDF'):
            faults.append('print: no PDF')
        elif directory:
            with open(os.path.join(directory, os.path.basename(page) + '.pdf'), 'wb') as out:
                out.write(paper)
    finally:
        driver.quit()
    print('\n'.join(faults[:100]) if faults else 'good')


main()
