"""`make demo`: real mail through a private Postfix and a serving Sekisho, told in words for newcomers."""
