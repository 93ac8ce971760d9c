"""Stand-ins for services that tests cannot reach: they ship, so that the tests of an application can use them too."""
