from tests.host import bundles
def test_a(tmp_path):
    bundles.make_bundle(tmp_path/"b")
