"""The same pipe behind a page in the browser: requests in, JSON out. The doorway is ``app.make_app``."""
