"""What is said to people in Japanese, English and Chinese: a code and its values in, a sentence out."""
