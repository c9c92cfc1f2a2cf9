"""Layouts to test with."""


def custom(*uids, x=0.0, w=0.25, background="#000000"):
    """Regions beside each other, the document of a custom layout."""
    regions = [
        {"uid": uid, "x": round(x + i * w, 6), "y": 0.0, "w": w, "h": 1.0,
         "opacity": 1.0, "fit": "fill"}
        for i, uid in enumerate(uids)
    ]  # fmt: skip
    return {"preset": "custom", "background": background, "regions": regions}


ONE = custom("1001")
TWO = custom("1001", "1002")
THREE = custom("1001", "1002", "1003")
