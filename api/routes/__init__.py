"""The JSON routes, a file per noun; ROUTERS in api.app lists them."""
