# Nothing else is special here: nobody gets far enough to see it.
