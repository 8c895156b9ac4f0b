"""Pictures in the text of an article, which are served to its readers only."""

import re

from lxml import etree, html

# How Odoo's editor writes the address of an uploaded picture.
_OWN = re.compile(
    r"^(?:https?://[^/]+)?/web/(?:image|content)/(?P<id>\d+)(?:-[^/?#]*)?(?:[/?#].*)?$"
)
_INLINE = re.compile(r"^data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)


def clean(body):
    """Return the text with pictures by their ids only.

    An address with a token would show the picture to whoever got hold of it, whatever
    became of the article. Pictures of other servers tell those who reads; they go.

    >>> clean('<p><img src="/web/image/7-ab/x.png?access_token=t"/></p>')
    '<p><img src="/web/image/7"></p>'
    >>> clean('<p>a<img src="https://spy.example/x.gif"/>b</p>')
    '<p>ab</p>'
    """
    return _each_picture(body, _address) if body and "<img" in body else body


def ids(body):
    """Return the ids of the uploaded pictures of a text.

    >>> ids('<p><img src="/web/image/7"/> <img src="/web/image/9-ab/y.png"/></p>')
    [7, 9]
    """
    found = []
    if body and "<img" in body:
        for picture in _parse(body).iter("img"):
            match = _OWN.match(picture.get("src", ""))
            if match:
                found.append(int(match["id"]))
    return found


def serve(body, address):
    """Return the text with pictures at the addresses that readers may open.

    :param address: function from the id of a picture to its address, or None to leave
        the picture out

    >>> serve('<p><img src="/web/image/7"></p>', "/my/pictures/{}".format)
    '<p><img src="/my/pictures/7"></p>'
    """

    def replace(source):
        match = _OWN.match(source)
        return address(int(match["id"])) if match else _address(source)

    return _each_picture(body, replace) if body and "<img" in body else body


def _address(source):
    match = _OWN.match(source)
    if match:
        return f"/web/image/{match['id']}"
    return source if _INLINE.match(source) else None


def _each_picture(body, replace):
    root = _parse(body)
    for picture in list(root.iter("img")):
        source = replace((picture.get("src") or "").strip())
        if source:
            picture.set("src", source)
            picture.attrib.pop("srcset", None)
        else:
            picture.drop_tree()
    return (root.text or "") + "".join(
        etree.tostring(child, encoding="unicode", method="html") for child in root
    )


def _parse(body):
    return html.fragment_fromstring(str(body), create_parent="div")
